{{- define "isocost.name" -}}
{{- if contains .Chart.Name .Release.Name -}}{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{- define "isocost.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "isocost.labels" -}}
{{ include "isocost.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/* Seconds of a time as the configuration has it (`5 min`); nothing of what is no time, which isocost itself refuses. */}}
{{- define "isocost.seconds" -}}
{{- $unit := regexFind "[a-z]+$" (toString .) -}}
{{- $each := dict "us" 0.000001 "ms" 0.001 "s" 1 "min" 60 "h" 3600 "d" 86400 -}}
{{- if hasKey $each $unit -}}{{ mulf (float64 (regexFind "^[0-9.]+" (toString .))) (float64 (get $each $unit)) }}{{- end -}}
{{- end -}}

{{- define "isocost.image" -}}
{{- if .Values.image.digest -}}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}
