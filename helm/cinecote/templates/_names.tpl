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
