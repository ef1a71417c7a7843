# Beside the services: keys are listed and revoked, and the decisions are dumped every night.

locals {
  jobs = {
    keys = {
      image   = local.images.api
      command = ["python", "-m", "api.keys"]
      args    = ["list"] # or --args=revoke,ID; never create, whose key would be in the log
    }
    backup = {
      image   = "mirror.gcr.io/library/postgres:17"
      command = ["bash", "-o", "pipefail", "-c"]
      # By a pipe: pg_dump goes back in a file that lets it, which objects in a bucket do not.
      args = ["file=/backups/$(date -u +%Y-%m-%dT%H%M%SZ).dump; pg_dump --format=custom \"$DATABASE_URL\" | cat > $file || { rm -f $file; exit 1; }"]
    }
  }
}

resource "google_cloud_run_v2_job" "this" {
  for_each = var.serving ? local.jobs : {}

  name                = "${var.name}-${each.key}"
  location            = var.region
  deletion_protection = var.protected

  template {
    template {
      service_account = google_service_account.jobs.email
      timeout         = "1800s"
      max_retries     = 1

      containers {
        image   = each.value.image
        command = each.value.command
        args    = each.value.args

        resources {
          limits = { cpu = "1", memory = "1Gi" }
        }

        env {
          name = "DATABASE_URL"
          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.this["database_url"].secret_id
              version = "latest"
            }
          }
        }

        dynamic "volume_mounts" {
          for_each = google_sql_database_instance.decisions
          content {
            name       = "cloudsql"
            mount_path = "/cloudsql"
          }
        }

        dynamic "volume_mounts" {
          for_each = each.key == "backup" ? [0] : []
          content {
            name       = "backups"
            mount_path = "/backups"
          }
        }
      }

      dynamic "volumes" {
        for_each = google_sql_database_instance.decisions
        content {
          name = "cloudsql"
          cloud_sql_instance {
            instances = [volumes.value.connection_name]
          }
        }
      }

      dynamic "volumes" {
        for_each = each.key == "backup" ? [0] : []
        content {
          name = "backups"
          gcs {
            bucket = google_storage_bucket.this["backups"].name
          }
        }
      }
    }
  }

  lifecycle {
    # The runbook gives the job of the keys the image that serves.
    ignore_changes = [client, client_version, template[0].template[0].containers[0].image]
  }

  depends_on = [
    google_project_iam_member.database,
    google_secret_manager_secret_iam_member.reads,
    google_storage_bucket_iam_member.this,
  ]
}

resource "google_cloud_run_v2_job_iam_member" "scheduler" {
  count = var.serving ? 1 : 0

  location = var.region
  name     = google_cloud_run_v2_job.this["backup"].name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.scheduler.email}"
}

resource "google_cloud_scheduler_job" "backup" {
  count = var.serving ? 1 : 0

  name             = "${var.name}-backup"
  region           = var.region
  description      = "Dumps the decisions into ${google_storage_bucket.this["backups"].name}"
  schedule         = "30 3 * * *"
  time_zone        = "America/Mexico_City"
  attempt_deadline = "60s"

  retry_config {
    retry_count          = 3
    min_backoff_duration = "60s"
  }

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.this["backup"].id}:run"
    oauth_token {
      service_account_email = google_service_account.scheduler.email
    }
  }

  depends_on = [google_cloud_run_v2_job_iam_member.scheduler]
}
