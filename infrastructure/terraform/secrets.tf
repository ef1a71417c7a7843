# Places for secrets. Their values are added by people (docs/deploy.md), so the state never holds one.

locals {
  secrets = {
    database_url = "${var.name}-database-url" # DATABASE_URL of the service
    curp_key     = "${var.name}-curp-key"     # CURP_KEY of the service
    app_api_key  = "${var.name}-app-api-key"  # API_KEY of the app
    app_sign_in  = "${var.name}-app-sign-in"  # the app's secrets.toml
  }
  readers = {
    "api database_url"  = { secret = "database_url", account = google_service_account.api.email }
    "api curp_key"      = { secret = "curp_key", account = google_service_account.api.email }
    "jobs database_url" = { secret = "database_url", account = google_service_account.jobs.email }
    "app app_api_key"   = { secret = "app_api_key", account = google_service_account.app.email }
    "app app_sign_in"   = { secret = "app_sign_in", account = google_service_account.app.email }
  }
}

resource "google_secret_manager_secret" "this" {
  for_each = local.secrets

  secret_id = each.value

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_iam_member" "reads" {
  for_each = local.readers

  secret_id = google_secret_manager_secret.this[each.value.secret].id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${each.value.account}"
}
