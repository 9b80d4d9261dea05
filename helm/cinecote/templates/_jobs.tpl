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
    - name: CINECOTE_DRIFT_DAYS
      value: {{ $root.Values.drift.days | quote }}
    - name: CINECOTE_DRIFT_THRESHOLD
      value: {{ $root.Values.drift.threshold | quote }}
    - name: CINECOTE_DRIFT_COOL_DOWN_H
      value: {{ $root.Values.drift.coolDownHours | quote }}
    {{- with include "cinecote.signingEnv" (list $root "CINECOTE_SIGNING_KEY") }}
    {{- . | nindent 4 }}
    {{- end }}
  resources:
    {{- toYaml $root.Values.train.resources | nindent 4 }}
  {{- include "cinecote.containerSecurity" (dict) | nindent 2 }}
  volumeMounts:
    - {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* Exit codes: 2 usage, 3 another run is at it, 4 refused: none gets better by trying again; a drained node isn't our failure. */}}
{{- define "cinecote.podFailurePolicy" -}}
podFailurePolicy:
  rules:
    - action: Ignore
      onPodConditions:
        - {type: DisruptionTarget, status: "True"}
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
