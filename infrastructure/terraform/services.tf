# Service and app. What image they run and where their traffic goes is `make deploy`'s, not Terraform's.

locals {
  images = {
    for key, registry in google_artifact_registry_repository.this :
    key => "${var.region}-docker.pkg.dev/${var.project}/${registry.repository_id}/${local.services[key]}:${var.image_version}"
  }
  services = { api = "${var.name}-api", app = "${var.name}-app" }
}

resource "google_cloud_run_v2_service" "api" {
  count = var.serving ? 1 : 0

  name                 = local.services.api
  location             = var.region
  deletion_protection  = var.protected
  ingress              = "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = true # partners have no Google identity; API keys guard it

  template {
    service_account                  = google_service_account.api.email
    timeout                          = "300s"
    max_instance_request_concurrency = 80

    scaling {
      min_instance_count = var.api_instances.min
      max_instance_count = var.api_instances.max
    }

    containers {
      image = local.images.api

      ports {
        container_port = 8000
      }

      resources {
        limits = { cpu = "1", memory = "1Gi" }
        # Revoked keys and new champions are noticed between requests too, which needs the processor.
        cpu_idle          = false
        startup_cpu_boost = true
      }

      env {
        name  = "MODEL_URI"
        value = local.model_uri
      }

      # Cloud Run takes 32 MiB at most.
      env {
        name  = "MAX_BATCH_BYTES"
        value = "33000000"
      }

      dynamic "env" {
        for_each = { DATABASE_URL = "database_url", CURP_KEY = "curp_key" }
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.this[env.value].secret_id
              version = "latest"
            }
          }
        }
      }

      # Ready, not merely alive: an instance without a model or a database gets no requests.
      startup_probe {
        period_seconds    = 3
        timeout_seconds   = 2
        failure_threshold = 40
        http_get {
          path = "/health/ready"
        }
      }

      liveness_probe {
        period_seconds    = 10
        timeout_seconds   = 3
        failure_threshold = 3
        http_get {
          path = "/health/live"
        }
      }

      dynamic "volume_mounts" {
        for_each = google_sql_database_instance.decisions
        content {
          name       = "cloudsql"
          mount_path = "/cloudsql"
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
  }

  lifecycle {
    ignore_changes = [client, client_version, template[0].containers[0].image, traffic]
  }

  depends_on = [
    google_project_iam_member.database,
    google_secret_manager_secret_iam_member.reads,
    google_storage_bucket_iam_member.this,
  ]
}

resource "google_cloud_run_v2_service" "app" {
  count = var.serving ? 1 : 0

  name                 = local.services.app
  location             = var.region
  deletion_protection  = var.protected
  ingress              = "INGRESS_TRAFFIC_ALL"
  invoker_iam_disabled = true # analysts sign in with the provider that the secret app_sign_in names

  template {
    service_account                  = google_service_account.app.email
    timeout                          = "3600s" # a page is one long connection
    session_affinity                 = true    # and what was typed is held by one instance
    max_instance_request_concurrency = 40

    scaling {
      min_instance_count = var.app_instances.min
      max_instance_count = var.app_instances.max
    }

    containers {
      image = local.images.app
      # As the image begins, and with the secrets: without them the app would be open to everybody.
      args = ["streamlit", "run", "frontend/app.py", "--secrets.files", "/secrets/secrets.toml"]

      ports {
        container_port = 8080
      }

      resources {
        limits            = { cpu = "1", memory = "1Gi" }
        cpu_idle          = true
        startup_cpu_boost = true
      }

      env {
        name  = "API_URL"
        value = google_cloud_run_v2_service.api[0].uri
      }

      env {
        name = "API_KEY"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.this["app_api_key"].secret_id
            version = "latest"
          }
        }
      }

      startup_probe {
        period_seconds    = 3
        timeout_seconds   = 2
        failure_threshold = 40
        http_get {
          path = "/_stcore/health"
        }
      }

      liveness_probe {
        period_seconds    = 15
        timeout_seconds   = 5
        failure_threshold = 3
        http_get {
          path = "/_stcore/health"
        }
      }

      volume_mounts {
        name       = "secrets"
        mount_path = "/secrets"
      }
    }

    volumes {
      name = "secrets"
      secret {
        secret = google_secret_manager_secret.this["app_sign_in"].secret_id
        items {
          path    = "secrets.toml"
          version = "latest"
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [client, client_version, template[0].containers[0].image, traffic]
  }

  depends_on = [google_secret_manager_secret_iam_member.reads]
}
