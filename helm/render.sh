#!/usr/bin/env bash
# Renders the chart into FOLDER/rendered, one file a component, with the kustomization that lists them.
# usage: helm/render.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
rm -rf "$folder/rendered"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
# The oldest Kubernetes that the chart admits: what renders for it is valid for the newer ones.
helm template cinecote helm/cinecote --namespace cinecote --skip-tests --kube-version 1.30.0 \
  --values k8s/values.yaml --output-dir "$made" >/dev/null

mkdir -p "$folder/rendered"
templates=$made/cinecote/templates
for component in "$templates"/*/; do
  component=$(basename "$component")
  {
    echo "# Made by \`make render\` of helm/cinecote and k8s/values.yaml."
    # Each of Helm's files begins with a separator and names its template.
    cat "$templates/$component"/*.yaml
  } >"$folder/rendered/$component.yaml"
done
{
  echo "# Made by \`make render\`."
  echo "apiVersion: kustomize.config.k8s.io/v1beta1"
  echo "kind: Kustomization"
  echo "resources:"
  echo "  - namespace.yaml"
  (cd "$folder" && printf '  - %s\n' rendered/*.yaml)
} >"$folder/kustomization.yaml"
