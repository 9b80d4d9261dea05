{{- define "cinecote.daskAddress" -}}
tcp://{{ include "cinecote.fullname" . }}-dask-scheduler:8786
{{- end -}}

{{/* What may be asked of training: with Dask, that its work is shared out. */}}
{{- define "cinecote.trainArgs" -}}
{{- $dask := ternary (list "--dask" (include "cinecote.daskAddress" .)) (list) .Values.train.dask.enabled -}}
{{- toJson (concat .Values.train.args $dask) -}}
{{- end -}}

{{/* (dict "root" "component" "replicas" "command" "port" "resources" ["env"] ["health"]): training's image as a part of Dask. */}}
{{- define "cinecote.daskDeployment" -}}
{{- $root := .root -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "cinecote.metadata" . | nindent 2 }}
spec:
  replicas: {{ .replicas }}
  revisionHistoryLimit: 3
  # One that is of another version than the scheduler would be given work that it doesn't know.
  strategy: {type: Recreate}
  selector:
    matchLabels:
      {{- include "cinecote.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "cinecote.labels" . | nindent 8 }}
    spec:
      {{- include "cinecote.podSecurity" (list $root 10001) | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "cinecote.image" (dict "root" $root "image" $root.Values.train.image) }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          command: {{ toJson .command }}
          {{- with .env }}
          env:
            {{- . | nindent 12 }}
          {{- end }}
          ports:
            - {name: dask, containerPort: {{ .port }}}
          {{- with .health }}
          readinessProbe:
            httpGet: {path: /health, port: {{ . }}}
            periodSeconds: 5
          livenessProbe:
            httpGet: {path: /health, port: {{ . }}}
            periodSeconds: 20
            timeoutSeconds: 10
            failureThreshold: 6
          {{- end }}
          resources:
            {{- toYaml .resources | nindent 12 }}
          {{- include "cinecote.containerSecurity" (dict) | nindent 10 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 1Gi}
{{- end -}}
