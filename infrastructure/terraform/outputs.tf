# Those in capitals are the variables of the repository's settings, by their names there.

locals {
  model_uri = "gs://${google_storage_bucket.this["models"].name}/champions"
}

output "PROJECT_ID" {
  description = "Project of Google Cloud"
  value       = var.project
}

output "REGION" {
  description = "Its region"
  value       = var.region
}

output "REGISTRY_NAME" {
  description = "Artifact Registry repository of the service's images"
  value       = google_artifact_registry_repository.this["api"].repository_id
}

output "REGISTRY_NAME_FRONT" {
  description = "Artifact Registry repository of the app's images"
  value       = google_artifact_registry_repository.this["app"].repository_id
}

output "SERVICE_NAME" {
  description = "Cloud Run service of the API"
  value       = local.services.api
}

output "SERVICE_NAME_FRONT" {
  description = "Cloud Run service of the app"
  value       = local.services.app
}

output "WORKLOAD_IDENTITY_PROVIDER" {
  description = "Provider that trusts the repository's main branch"
  value       = google_iam_workload_identity_pool_provider.github.name
}

output "SERVICE_ACCOUNT" {
  description = "E-mail of the account that the workflows stand for"
  value       = google_service_account.delivery.email
}

output "DVC_BUCKET" {
  description = "Bucket and prefix of DVC's remote"
  value       = "${google_storage_bucket.this["data"].name}/dvc"
}

output "MODEL_URI" {
  description = "Where champions are published, and where the service looks for them"
  value       = local.model_uri
}

output "backups" {
  description = "Bucket of the nightly dumps"
  value       = google_storage_bucket.this["backups"].name
}

output "database" {
  description = "Connection name of Cloud SQL; empty without it"
  value       = var.cloud_sql ? google_sql_database_instance.decisions[0].connection_name : ""
}

output "api_url" {
  description = "Address of the service; empty while not serving"
  value       = var.serving ? google_cloud_run_v2_service.api[0].uri : ""
}

output "app_url" {
  description = "Address of the app; empty while not serving"
  value       = var.serving ? google_cloud_run_v2_service.app[0].uri : ""
}
