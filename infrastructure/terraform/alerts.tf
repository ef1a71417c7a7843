# Who is told of what; docs/runbook.md says what to do then.

locals {
  watched = var.serving ? {
    api = { host = google_cloud_run_v2_service.api[0].uri, path = "/health/ready", holds = "\"ok\"" }
    app = { host = google_cloud_run_v2_service.app[0].uri, path = "/_stcore/health", holds = "ok" }
  } : {}
  answers = "run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\", service_name=\"${local.services.api}\""
  alerts = var.serving ? merge({
    errors = {
      name  = "more than one answer in a hundred fails"
      query = "sum(rate(${local.answers}, response_code_class=\"5xx\"}[10m])) / sum(rate(${local.answers}}[10m])) > 0.01"
    }
    backup = {
      name  = "the nightly backup failed"
      query = "sum(increase(run_googleapis_com:job_completed_execution_count{monitored_resource=\"cloud_run_job\", job_name=\"${var.name}-backup\", result=\"failed\"}[1h])) > 0"
    }
    }, var.cloud_sql ? {
    disk = {
      name  = "the database's disk is four fifths full"
      query = "max(cloudsql_googleapis_com:database_disk_utilization{monitored_resource=\"cloudsql_database\", database_id=\"${var.project}:${google_sql_database_instance.decisions[0].name}\"}) > 0.8"
    }
  } : {}) : {}
}

resource "google_monitoring_notification_channel" "email" {
  display_name = "Solvencia"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [google_project_service.api]
}

resource "google_monitoring_uptime_check_config" "this" {
  for_each = local.watched

  display_name = "${var.name}: ${each.key}"
  period       = "300s"
  timeout      = "10s"

  http_check {
    path         = each.value.path
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project, host = trimprefix(each.value.host, "https://") }
  }

  content_matchers {
    content = each.value.holds
  }
}

resource "google_monitoring_alert_policy" "down" {
  for_each = google_monitoring_uptime_check_config.this

  display_name          = "${each.value.display_name} does not answer"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "seen from several places"
    condition_threshold {
      filter          = "resource.type = \"uptime_url\" AND metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id = \"${each.value.uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "300s"
      aggregations {
        alignment_period     = "600s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    content = "docs/runbook.md: where to look first."
  }
}

resource "google_monitoring_alert_policy" "figures" {
  for_each = local.alerts

  display_name          = "${var.name}: ${each.value.name}"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = each.value.name
    condition_prometheus_query_language {
      query               = each.value.query
      duration            = "300s"
      evaluation_interval = "60s"
    }
  }

  documentation {
    content = "docs/runbook.md: where to look first."
  }
}

# The service says in its log what it refused, and that the model or policy before serves on.
resource "google_monitoring_alert_policy" "refused" {
  count = var.serving ? 1 : 0

  display_name          = "${var.name}: a model or policy was refused"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "a line that ends with what serves on"
    condition_matched_log {
      filter = join(" AND ", [
        "resource.type=\"cloud_run_revision\"",
        "resource.labels.service_name=\"${local.services.api}\"",
        "severity=ERROR",
        "jsonPayload.logger=\"solvencia.api\"",
        "jsonPayload.message=~\"(serves on|nothing serves yet)$\"",
      ])
    }
  }

  alert_strategy {
    auto_close = "86400s"
    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    content = "docs/runbook.md: bad model, bad policy."
  }
}
