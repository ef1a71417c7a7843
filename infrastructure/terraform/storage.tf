# Three buckets, because three kinds of people and programs may read them.

locals {
  # How many days an object that was replaced or removed can still be had.
  buckets = {
    data    = 30  # DVC's remote: content by its hash, nothing is ever replaced
    models  = 365 # champions by version, and the pointer that names one
    backups = 30  # a dump of the decisions for every night
  }
}

resource "google_storage_bucket" "this" {
  #checkov:skip=CKV_GCP_62:Who reads what is in the audit log of Cloud Storage; access logs by hour add nothing to it
  for_each = local.buckets

  name                        = "${var.project}-${var.name}-${each.key}"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protected

  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = each.value
    }
    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 7
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  dynamic "lifecycle_rule" {
    for_each = each.key == "backups" ? [90] : []
    content {
      condition {
        age        = lifecycle_rule.value
        with_state = "LIVE"
      }
      action {
        type = "Delete"
      }
    }
  }

  depends_on = [google_project_service.api]
}
