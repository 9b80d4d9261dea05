{{/* (dict "root" "component" "port"): the Service of one of the two services. */}}
{{- define "cinecote.service" -}}
{{- $service := (index .root.Values .component).service -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "cinecote.metadata" . | nindent 2 }}
spec:
  type: {{ $service.type }}
  selector:
    {{- include "cinecote.selector" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .port }}
      targetPort: http
      {{- with $service.nodePort }}
      nodePort: {{ . }}
      {{- end }}
{{- end -}}

{{- define "cinecote.autoscaler" -}}
{{- $autoscaling := (index .root.Values .component).autoscaling -}}
{{- if $autoscaling.enabled -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "cinecote.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "cinecote.fullname" .root }}-{{ .component }}
  minReplicas: {{ $autoscaling.minReplicas }}
  maxReplicas: {{ $autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ $autoscaling.targetCPUUtilizationPercentage }}}
  behavior:
    scaleUp:
      # A start takes seconds of CPU from those that answer: on a small node several at once, or beside an upgrade's, starve
      # them. What more is asked meanwhile is refused with Retry-After.
      stabilizationWindowSeconds: 60
      policies:
        - {type: Pods, value: 1, periodSeconds: 30}
{{- end -}}
{{- end -}}

{{- define "cinecote.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "cinecote.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  # A pod that isn't ready keeps nobody from draining its node.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "cinecote.selector" . | nindent 6 }}
{{- end -}}

{{/* (dict "root" "component" "port"): Prometheus scrapes the Service's port of this name. */}}
{{- define "cinecote.serviceMonitor" -}}
{{- with .root.Values.monitoring.serviceMonitors -}}
{{- if .enabled -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "cinecote.metadata" $ | nindent 2 }}
    {{- toYaml .labels | nindent 4 }}
spec:
  selector:
    matchLabels:
      {{- include "cinecote.selector" $ | nindent 6 }}
  endpoints:
    - port: {{ $.port }}
      interval: {{ .interval }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* (dict "root" "component" "storage" "class"): a volume that outlives the release. */}}
{{- define "cinecote.volumeClaim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "cinecote.metadata" . | nindent 2 }}
  annotations:
    helm.sh/resource-policy: keep
spec:
  accessModes: [ReadWriteOnce]
  {{- with .class }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests: {storage: {{ .storage }}}
{{- end -}}
