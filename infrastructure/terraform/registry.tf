locals {
  registries = { api = "${var.name}-api", app = "${var.name}-app" }
}

resource "google_artifact_registry_repository" "this" {
  #checkov:skip=CKV_GCP_84:Images hold code and no data; Google's own encryption at rest is enough for them
  for_each = local.registries

  repository_id = each.value
  location      = var.region
  format        = "DOCKER"
  description   = "Images of Solvencia's ${each.key}"

  # Whatever is younger or among the last ten stays: what serves, and what to go back to.
  cleanup_policies {
    id     = "old"
    action = "DELETE"
    condition {
      older_than = "7776000s"
    }
  }

  cleanup_policies {
    id     = "last"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }

  depends_on = [google_project_service.api]
}
