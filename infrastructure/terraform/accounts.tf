# One account for each program, each with what it needs and on the thing that it needs it for.

resource "google_service_account" "api" {
  account_id   = "${var.name}-api"
  display_name = "Solvencia: the service"
  depends_on   = [google_project_service.api]
}

resource "google_service_account" "app" {
  account_id   = "${var.name}-app"
  display_name = "Solvencia: the analysts' app"
  depends_on   = [google_project_service.api]
}

resource "google_service_account" "jobs" {
  account_id   = "${var.name}-jobs"
  display_name = "Solvencia: keys and backups"
  depends_on   = [google_project_service.api]
}

resource "google_service_account" "scheduler" {
  account_id   = "${var.name}-scheduler"
  display_name = "Solvencia: starts the nightly backup"
  depends_on   = [google_project_service.api]
}

resource "google_service_account" "delivery" {
  account_id   = "${var.name}-delivery"
  display_name = "Solvencia: the repository's workflows"
  depends_on   = [google_project_service.api]
}

resource "google_storage_bucket_iam_member" "this" {
  for_each = {
    "api reads models"       = { bucket = "models", role = "roles/storage.objectViewer", account = google_service_account.api.email }
    "jobs write backups"     = { bucket = "backups", role = "roles/storage.objectUser", account = google_service_account.jobs.email }
    "delivery writes data"   = { bucket = "data", role = "roles/storage.objectUser", account = google_service_account.delivery.email }
    "delivery writes models" = { bucket = "models", role = "roles/storage.objectUser", account = google_service_account.delivery.email }
  }

  bucket = google_storage_bucket.this[each.value.bucket].name
  role   = each.value.role
  member = "serviceAccount:${each.value.account}"
}

# This role is given by the project alone; the condition narrows it to one instance.
resource "google_project_iam_member" "database" {
  for_each = var.cloud_sql ? {
    api  = google_service_account.api.email
    jobs = google_service_account.jobs.email
  } : {}

  project = var.project
  role    = "roles/cloudsql.client"
  member  = "serviceAccount:${each.value}"

  condition {
    title      = "decisions"
    expression = "resource.type == 'sqladmin.googleapis.com/Instance' && resource.name == 'projects/${var.project}/instances/${google_sql_database_instance.decisions[0].name}'"
  }
}

# The workflows push images, deploy by name and by nothing else, and let services run as themselves.

resource "google_artifact_registry_repository_iam_member" "delivery" {
  for_each = google_artifact_registry_repository.this

  location   = each.value.location
  repository = each.value.name
  role       = "roles/artifactregistry.writer"
  member     = "serviceAccount:${google_service_account.delivery.email}"
}

# `make deploy` asks the list of services, which is the project's.
resource "google_project_iam_member" "delivery_looks" {
  project = var.project
  role    = "roles/run.viewer"
  member  = "serviceAccount:${google_service_account.delivery.email}"
}

resource "google_cloud_run_v2_service_iam_member" "delivery" {
  for_each = var.serving ? {
    api = google_cloud_run_v2_service.api[0].name
    app = google_cloud_run_v2_service.app[0].name
  } : {}

  location = var.region
  name     = each.value
  role     = "roles/run.developer"
  member   = "serviceAccount:${google_service_account.delivery.email}"
}

resource "google_service_account_iam_member" "delivery_acts_as" {
  for_each = {
    api = google_service_account.api.name
    app = google_service_account.app.name
  }

  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = "serviceAccount:${google_service_account.delivery.email}"
}
