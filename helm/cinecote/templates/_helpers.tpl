{{- define "cinecote.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* (dict "root" $ "component" "api"): what selects a component's pods; it never changes. */}}
{{- define "cinecote.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "cinecote.labels" -}}
{{ include "cinecote.selector" . }}
app.kubernetes.io/part-of: cinecote
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{/* (dict "root" $ "component" "api" [ "suffix" "…" ]): name, namespace and labels. */}}
{{- define "cinecote.metadata" -}}
name: {{ include "cinecote.fullname" .root }}-{{ .component }}{{ with .suffix }}-{{ . }}{{ end }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "cinecote.labels" . | nindent 2 }}
{{- end -}}

{{/* (dict "root" $ "image" .Values.api.image): an image of CinéCote's own. */}}
{{- define "cinecote.image" -}}
{{- $registry := .root.Values.image.registry -}}
{{- $tag := .image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end }}{{ .image.repository }}
{{- if .image.digest }}@{{ .image.digest }}{{ else }}:{{ $tag }}{{ end -}}
{{- end -}}

{{- define "cinecote.mysqlImage" -}}
{{- with .Values.mysql.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag }}{{ end }}{{ end -}}
{{- end -}}

{{- define "cinecote.secretName" -}}
{{- .Values.secret.existing | default (include "cinecote.fullname" .) -}}
{{- end -}}

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

{{- define "cinecote.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* One variable from the Secret: (list root "NAME" "key" [optional]). */}}
{{- define "cinecote.secretEnv" -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ include "cinecote.secretName" (index . 0) }}
      key: {{ index . 2 }}
      {{- if gt (len .) 3 }}
      optional: true
      {{- end }}
{{- end -}}

{{- define "cinecote.mysqlHost" -}}
{{- if .Values.mysql.enabled }}{{ include "cinecote.fullname" . }}-mysql{{ else }}{{ required "mysql.external.host says where MySQL is" .Values.mysql.external.host }}{{ end -}}
{{- end -}}

{{- define "cinecote.mysqlPort" -}}
{{- if .Values.mysql.enabled }}3306{{ else }}{{ .Values.mysql.external.port }}{{ end -}}
{{- end -}}

{{/* (list root "VARIABLE" "user" "database"): a database's address, its password put in by the kubelet. */}}
{{- define "cinecote.databaseEnv" -}}
{{- $root := index . 0 -}}{{- $variable := index . 1 -}}{{- $user := index . 2 -}}
{{- $password := printf "%s_PASSWORD" $variable -}}
{{ include "cinecote.secretEnv" (list $root $password (printf "mysql-%s-password" $user)) }}
- name: {{ $variable }}
  value: mysql+pymysql://cinecote_{{ $user }}:$({{ $password }})@{{ include "cinecote.mysqlHost" $root }}:{{ include "cinecote.mysqlPort" $root }}/{{ index . 3 }}
{{- end -}}

{{- define "cinecote.mlflowUrl" -}}
{{- if .Values.mlflow.enabled }}http://{{ include "cinecote.fullname" . }}-mlflow:5000{{ else }}{{ required "mlflow.external.url says where MLflow is" .Values.mlflow.external.url }}{{ end -}}
{{- end -}}

{{- define "cinecote.registryEnv" -}}
- name: MLFLOW_TRACKING_URI
  value: {{ include "cinecote.mlflowUrl" . }}
{{- if not .Values.mlflow.enabled }}
{{ include "cinecote.secretEnv" (list . "MLFLOW_TRACKING_USERNAME" "mlflow-username" true) }}
{{ include "cinecote.secretEnv" (list . "MLFLOW_TRACKING_PASSWORD" "mlflow-password" true) }}
{{- end }}
{{- end -}}

{{/* What the api and the trainer must agree on. */}}
{{- define "cinecote.labelEnv" -}}
- name: CINECOTE_THRESHOLD_MOYEN
  value: {{ .Values.settings.thresholdMoyen | quote }}
- name: CINECOTE_THRESHOLD_BIEN
  value: {{ .Values.settings.thresholdBien | quote }}
- name: CINECOTE_MINIMUM_VOTES
  value: {{ .Values.settings.minimumVotes | quote }}
{{- end -}}

{{- define "cinecote.logEnv" -}}
- name: CINECOTE_LOG_LEVEL
  value: {{ .Values.settings.logLevel }}
- name: CINECOTE_LOG_FORMAT
  value: json
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
  {{- include "cinecote.containerSecurity" $root | nindent 2 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* (list root volume path): a sidecar that tells how much room the pod's volume has left. */}}
{{- define "cinecote.storageMetrics" -}}
{{- $root := index . 0 -}}
- name: storage-metrics
  image: {{ include "cinecote.image" (dict "root" $root "image" $root.Values.api.image) }}
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
  {{- include "cinecote.containerSecurity" $root | nindent 2 }}
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
  timeoutSeconds: 2
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

{{/* The collecting container; as an init container of setup it does the first collect. */}}
{{- define "cinecote.collectContainer" -}}
- name: collect
  image: {{ include "cinecote.image" (dict "root" . "image" .Values.collect.image) }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args: {{ toJson .Values.collect.args }}
  env:
    {{- include "cinecote.databaseEnv" (list . "DATABASE_URL" "owner" "cinecote") | nindent 4 }}
    {{- include "cinecote.logEnv" . | nindent 4 }}
  resources:
    {{- toYaml .Values.collect.resources | nindent 4 }}
  {{- include "cinecote.containerSecurity" . | nindent 2 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* (list root args) */}}
{{- define "cinecote.trainContainer" -}}
{{- $root := index . 0 -}}
- name: train
  image: {{ include "cinecote.image" (dict "root" $root "image" $root.Values.train.image) }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  args: {{ toJson (index . 1) }}
  env:
    {{- include "cinecote.databaseEnv" (list $root "DATABASE_URL" "owner" "cinecote") | nindent 4 }}
    {{- include "cinecote.registryEnv" $root | nindent 4 }}
    {{- include "cinecote.labelEnv" $root | nindent 4 }}
    {{- include "cinecote.logEnv" $root | nindent 4 }}
    - name: CINECOTE_TRAIN_BUDGET_S
      value: {{ $root.Values.train.budgetSeconds | quote }}
    - name: CINECOTE_TRAIN_JOBS
      valueFrom:
        resourceFieldRef: {containerName: train, resource: limits.cpu, divisor: "1"}
    - name: CINECOTE_HELD_OUT
      value: {{ $root.Values.train.heldOut | quote }}
    - name: CINECOTE_MARGIN
      value: {{ $root.Values.train.margin | quote }}
  resources:
    {{- toYaml $root.Values.train.resources | nindent 4 }}
  {{- include "cinecote.containerSecurity" $root | nindent 2 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* Exit codes: 2 usage, 3 another run is at it, 4 refused: none gets better by trying again; a drained node isn't our failure. */}}
{{- define "cinecote.podFailurePolicy" -}}
podFailurePolicy:
  rules:
    - action: Ignore
      onPodConditions:
        - {type: DisruptionTarget}
    - action: FailJob
      onExitCodes: {operator: In, values: [2, 3, 4]}
{{- end -}}

{{/* (dict "root" "component" "settings" .Values.collect): what all schedules share. */}}
{{- define "cinecote.schedule" -}}
schedule: {{ .settings.schedule | quote }}
timeZone: {{ .root.Values.jobs.timeZone }}
suspend: {{ .settings.suspend }}
concurrencyPolicy: Forbid
startingDeadlineSeconds: 3600
successfulJobsHistoryLimit: 3
failedJobsHistoryLimit: 3
{{- end -}}

{{/* (dict "root" "component" "port" "from" [components] "clients" bool "storage" bool "to" [mysql, mlflow, api, internet]) */}}
{{- define "cinecote.networkPolicy" -}}
{{- $values := .root.Values -}}
{{- if $values.networkPolicies.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "cinecote.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "cinecote.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- if or .port .storage }}
  ingress:
    {{- if .clients }}
    - ports: [{port: {{ .port }}, protocol: TCP}]
      {{- with $values.networkPolicies.clients }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- if .from }}
    - ports: [{port: {{ .port }}, protocol: TCP}]
      from:
        {{- range .from }}
        - podSelector:
            matchLabels:
              {{- include "cinecote.selector" (dict "root" $.root "component" .) | nindent 14 }}
        {{- end }}
    {{- end }}
    {{- if or .storage .clients }}
    - ports: [{port: {{ ternary 9180 .port (default false .storage) }}, protocol: TCP}]
      {{- with $values.networkPolicies.scrapers }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- else }}
      from: [{namespaceSelector: {}}]
      {{- end }}
    {{- end }}
  {{- end }}
  {{- if .to }}
  egress:
    - ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
    {{- range .to }}
    {{- include "cinecote.egress" (list $.root .) | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/* (list root target): to a component of this release, or to wherever it is outside of the cluster. */}}
{{- define "cinecote.egress" -}}
{{- $root := index . 0 -}}{{- $target := index . 1 -}}
{{- if and (eq $target "mysql") (not $root.Values.mysql.enabled) -}}
- ports: [{port: {{ $root.Values.mysql.external.port }}, protocol: TCP}]
{{- else if eq $target "internet" -}}
- ports: [{port: 443, protocol: TCP}]
{{- else if and (eq $target "mlflow") (not $root.Values.mlflow.enabled) -}}
{{- $url := urlParse $root.Values.mlflow.external.url -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (ternary "443" "80" (eq $url.scheme "https")) -}}
- ports: [{port: {{ $port }}, protocol: TCP}]
{{- else -}}
- ports: [{port: {{ get (dict "mysql" 3306 "mlflow" 5000 "api" 8000 "web" 8080) $target }}, protocol: TCP}]
  to:
    - podSelector:
        matchLabels:
          {{- include "cinecote.selector" (dict "root" $root "component" $target) | nindent 10 }}
{{- end -}}
{{- end -}}
