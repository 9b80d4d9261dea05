{{/* (list root "VARIABLE" "KEY" [optional]): a variable from the Secret, whose keys are those of `.env`. */}}
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
{{ include "cinecote.secretEnv" (list $root $password (printf "MYSQL_%s_PASSWORD" (upper $user))) }}
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
{{ include "cinecote.secretEnv" (list . "MLFLOW_TRACKING_USERNAME" "MLFLOW_TRACKING_USERNAME" true) }}
{{ include "cinecote.secretEnv" (list . "MLFLOW_TRACKING_PASSWORD" "MLFLOW_TRACKING_PASSWORD" true) }}
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

{{/* (list root "VARIABLE"): a key of the Secret of the user's, where models are signed. */}}
{{- define "cinecote.signingEnv" -}}
{{- with (index . 0).Values.signing.secret -}}
- name: {{ index $ 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ index $ 1 }}
{{- end -}}
{{- end -}}

{{- define "cinecote.tmdbEnv" -}}
{{- if not .Values.collect.tmdb.termsAccepted }}{{ fail "collect.tmdb.termsAccepted: TMDB's terms bar machine learning with its content without a written agreement" }}{{ end -}}
- name: TMDB_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ required "collect.tmdb.secret names the Secret with TMDB_TOKEN" .Values.collect.tmdb.secret }}
      key: TMDB_TOKEN
- name: TMDB_TERMS_ACCEPTED
  value: "true"
- name: TMDB_BASE_URL
  value: {{ .Values.collect.tmdb.baseUrl }}
- name: CINECOTE_TMDB_REQUESTS_PER_SECOND
  value: {{ .Values.collect.tmdb.requestsPerSecond | quote }}
{{- end -}}

{{- define "cinecote.logEnv" -}}
- name: CINECOTE_LOG_LEVEL
  value: {{ .Values.settings.logLevel }}
- name: CINECOTE_LOG_FORMAT
  value: json
{{- end -}}
