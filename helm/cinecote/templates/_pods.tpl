{{/* (list root user): what every pod of ours is: none may become root, and none asks the cluster anything. */}}
{{- define "cinecote.podSecurity" -}}
{{- $root := index . 0 -}}{{- $user := index . 1 -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $user }}
  runAsGroup: {{ $user }}
  fsGroup: {{ $user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{/* (dict ["writable" true]): what every container is denied. */}}
{{- define "cinecote.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: {{ not .writable }}
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* (list root image mode): an init container that brings the tables to this version; a service may go on without. */}}
{{- define "cinecote.migrate" -}}
{{- $root := index . 0 -}}{{- $image := index . 1 -}}
- name: migrate
  image: {{ include "cinecote.image" (dict "root" $root "image" $image) }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command: [cinecote-migrate]
  {{- with index . 2 }}
  args: [{{ . }}]
  {{- end }}
  env:
    {{- include "cinecote.databaseEnv" (list $root "DATABASE_URL" "owner" "cinecote") | nindent 4 }}
    - name: CINECOTE_DATABASE_WAIT_S
      value: "120"
    {{- include "cinecote.logEnv" $root | nindent 4 }}
  resources:
    requests: {cpu: 50m, memory: 96Mi}
    limits: {memory: 192Mi}
  {{- include "cinecote.containerSecurity" (dict) | nindent 2 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* (list root volume path): a sidecar that tells how much room the pod's volume has left. */}}
{{- define "cinecote.storageMetrics" -}}
{{- $root := index . 0 -}}
- name: storage-metrics
  image: {{ include "cinecote.image" (dict "root" $root "image" $root.Values.monitoring.storageMetrics.image) }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command: [cinecote-storage-metrics]
  env:
    - name: CINECOTE_STORAGE_VOLUMES
      value: {{ index . 1 }}={{ index . 2 }}
    - name: CINECOTE_STORAGE_HOST
      value: "0.0.0.0"
    {{- include "cinecote.logEnv" $root | nindent 4 }}
  ports:
    - {name: storage, containerPort: 9180}
  readinessProbe:
    tcpSocket: {port: storage}
    periodSeconds: 10
  resources:
    {{- toYaml $root.Values.monitoring.storageMetrics.resources | nindent 4 }}
  {{- include "cinecote.containerSecurity" (dict) | nindent 2 }}
  volumeMounts:
    - {name: {{ index . 1 }}, mountPath: {{ index . 2 }}, readOnly: true}
{{- end -}}

{{/* How a service's pod is asked: alive and ready on two paths; what is under way is finished before it goes. */}}
{{- define "cinecote.probes" -}}
startupProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: {{ index . 0 }}, port: http}
  periodSeconds: 2
  # Who answers late still answers: on a busy node all are late, and without them nobody would be left.
  timeoutSeconds: 5
lifecycle:
  preStop:
    # Until every proxy has learnt that this pod takes no more requests.
    sleep: {seconds: 10}
{{- end -}}

{{/* A component's pods on different nodes, where there are several. */}}
{{- define "cinecote.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "cinecote.selector" . | nindent 8 }}
{{- end -}}
