{{/* What is collected, as arguments of cinecote-collect. */}}
{{- define "cinecote.collectArgs" -}}
{{- $collect := .Values.collect -}}
{{- if eq $collect.source "csv" -}}
{{- $files := $collect.csv.files -}}
{{- if not $files }}{{ fail "collect.csv.files says which files are collected" }}{{ end -}}
{{- range $files -}}
{{- if not (or (hasPrefix "https://" .) $collect.csv.existingClaim) -}}
{{- fail (printf "collect.csv.files: %s is no https address, and collect.csv.existingClaim names no claim that it lies on" .) -}}
{{- end -}}
{{- end -}}
{{- $named := ternary (list "--source" $collect.csv.sourceName) (list) (ne $collect.csv.sourceName "") -}}
{{- toJson (concat (list "csv") $collect.options $named (list "--") $files) -}}
{{- else -}}
{{- toJson (prepend $collect.options $collect.source) -}}
{{- end -}}
{{- end -}}

{{/* A JSON list of where a pod that collects goes: MySQL, and the ports of the addresses that it collects from. */}}
{{- define "cinecote.collectTargets" -}}
{{- $targets := list "mysql" -}}
{{- if eq .Values.collect.source "csv" -}}
{{- range .Values.collect.csv.files -}}
{{- if hasPrefix "https://" . -}}
{{- $targets = append $targets (include "cinecote.addressPort" .) -}}
{{- end -}}
{{- end -}}
{{- else if eq .Values.collect.source "tmdb" -}}
{{- $targets = append $targets (include "cinecote.addressPort" .Values.collect.tmdb.baseUrl) -}}
{{- end -}}
{{- toJson (uniq $targets) -}}
{{- end -}}

{{- define "cinecote.addressPort" -}}
{{- regexFind ":[0-9]+$" (urlParse .).host | default ":443" | trimPrefix ":" | printf "port %s" -}}
{{- end -}}

{{- define "cinecote.collectEnv" -}}
{{- include "cinecote.contractEnv" . -}}
{{- if eq .Values.collect.source "tmdb" }}
{{ include "cinecote.tmdbEnv" . }}
{{- else if eq .Values.collect.source "csv" }}
- name: CINECOTE_COLLECT_DOWNLOAD_MB
  value: {{ .Values.collect.csv.maxMegabytes | quote }}
- name: CINECOTE_COLLECT_DOWNLOAD_S
  value: {{ .Values.collect.csv.maxSeconds | quote }}
- name: CINECOTE_COLLECT_PRIVATE_ADDRESSES
  value: {{ .Values.collect.csv.privateAddresses | quote }}
{{- end -}}
{{- end -}}

{{/* What a run may be like, and how much of it is stored at once. */}}
{{- define "cinecote.contractEnv" -}}
{{- $contract := .Values.collect.contract -}}
{{- $shares := list -}}
{{- range $field, $share := $contract.maxUnknown }}{{ $shares = append $shares (printf "%s=%v" $field $share) }}{{ end -}}
- name: CINECOTE_COLLECT_BATCH_ROWS
  value: {{ int64 .Values.collect.batchRows | quote }}
- name: CINECOTE_COLLECT_MAX_REJECTED
  value: {{ $contract.maxRejected | quote }}
- name: CINECOTE_COLLECT_MAX_UNKNOWN
  value: {{ join "," $shares | quote }}
- name: CINECOTE_COLLECT_MIN_ROWS
  value: {{ int64 $contract.minRows | quote }}
- name: CINECOTE_COLLECT_MIN_VOLUME
  value: {{ $contract.minVolume | quote }}
{{- end -}}

{{/* Room for what is downloaded, beside what is compared and trained on. */}}
{{- define "cinecote.collectRoom" -}}
{{- $downloads := 0 -}}
{{- if eq .Values.collect.source "csv" -}}
{{- range .Values.collect.csv.files -}}
{{- if hasPrefix "https://" . }}{{- $downloads = add $downloads $.Values.collect.csv.maxMegabytes -}}{{- end -}}
{{- end -}}
{{- end -}}
{{ add 2048 $downloads }}Mi
{{- end -}}

{{/* The volume of one's own files, where there is one. */}}
{{- define "cinecote.collectVolumes" -}}
{{- if eq .Values.collect.source "csv" -}}
{{- with .Values.collect.csv.existingClaim -}}
- name: own-films
  persistentVolumeClaim: {claimName: {{ . }}, readOnly: true}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The collecting container; as an init container of setup it does the first collect. */}}
{{- define "cinecote.collectContainer" -}}
- name: collect
  image: {{ include "cinecote.image" (dict "root" . "image" .Values.collect.image) }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args: {{ include "cinecote.collectArgs" . }}
  {{- if include "cinecote.collectVolumes" . }}
  workingDir: /data
  {{- end }}
  env:
    {{- include "cinecote.databaseEnv" (list . "DATABASE_URL" "owner" "cinecote") | nindent 4 }}
    {{- include "cinecote.logEnv" . | nindent 4 }}
    {{- include "cinecote.collectEnv" . | nindent 4 }}
  resources:
    {{- toYaml .Values.collect.resources | nindent 4 }}
  {{- include "cinecote.containerSecurity" (dict) | nindent 2 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
    {{- if include "cinecote.collectVolumes" . }}
    - {name: own-films, mountPath: /data, readOnly: true}
    {{- end }}
{{- end -}}
