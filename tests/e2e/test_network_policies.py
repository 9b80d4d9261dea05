"""Every pod is told whom it may reach and be reached by."""

from typing import Any

from .release import Release


def _templates(release: Release) -> dict[str, Any]:
    """The pod templates of everything that makes pods, by kind and name."""
    apps, batch, namespace = release.cluster.apps, release.cluster.batch, release.namespace
    direct = [
        *apps.list_namespaced_deployment(namespace).items,
        *apps.list_namespaced_stateful_set(namespace).items,
        *batch.list_namespaced_job(namespace).items,
    ]
    found = {f"{type(each).__name__} {each.metadata.name}": each.spec.template for each in direct}
    for cronjob in batch.list_namespaced_cron_job(namespace).items:
        found[f"cron job {cronjob.metadata.name}"] = cronjob.spec.job_template.spec.template
    return found


def test_every_component_has_a_policy_for_both_directions(release: Release) -> None:
    policies = release.cluster.network.list_namespaced_network_policy(release.namespace).items
    templates = _templates(release)

    uncovered = [
        name
        for name, template in templates.items()
        if not any(
            policy.spec.pod_selector.match_labels.items() <= template.metadata.labels.items()
            and set(policy.spec.policy_types) == {"Ingress", "Egress"}
            for policy in policies
        )
    ]

    assert len(templates) >= 9
    assert uncovered == []
