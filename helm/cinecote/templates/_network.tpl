{{/* (dict "root" "component" "port" "from" [components] "clients" bool "storage" bool "to" [mysql, mlflow, api, "port N"]) */}}
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
{{- else if hasPrefix "port " $target -}}
- ports: [{port: {{ trimPrefix "port " $target }}, protocol: TCP}]
{{- else if and (eq $target "mlflow") (not $root.Values.mlflow.enabled) -}}
{{- $url := urlParse $root.Values.mlflow.external.url -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (ternary "443" "80" (eq $url.scheme "https")) -}}
- ports: [{port: {{ $port }}, protocol: TCP}]
{{- else -}}
- ports: [{port: {{ get (dict "mysql" 3306 "mlflow" 5000 "api" 8000 "web" 8080 "dask-scheduler" 8786 "dask-worker" 8789) $target }}, protocol: TCP}]
  to:
    - podSelector:
        matchLabels:
          {{- include "cinecote.selector" (dict "root" $root "component" $target) | nindent 10 }}
{{- end -}}
{{- end -}}
