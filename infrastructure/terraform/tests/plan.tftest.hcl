# What is made in each of the three ways to run it: terraform test. Nothing is asked of Google.
mock_provider "google" {}

variables {
  project       = "my-project"
  repository    = "owner/solvencia"
  repository_id = "123456789"
  alert_email   = "risk@example.com"
}

run "foundation" {
  command = plan

  assert {
    condition     = length(google_cloud_run_v2_service.api) + length(google_cloud_run_v2_job.this) == 0
    error_message = "nothing may run before its secrets and images are there"
  }

  assert {
    condition     = alltrue([for bucket in google_storage_bucket.this : bucket.versioning[0].enabled && bucket.public_access_prevention == "enforced"])
    error_message = "a bucket that nobody outside reads, and that forgets nothing at once"
  }

  assert {
    condition     = strcontains(google_iam_workload_identity_pool_provider.github.attribute_condition, "assertion.ref == 'refs/heads/main'")
    error_message = "only main may sign in"
  }
}

run "without_images" {
  command = plan

  variables {
    serving = true
  }

  expect_failures = [var.image_version]
}

run "own_database" {
  command = plan

  variables {
    serving       = true
    cloud_sql     = false
    image_version = "0123456789abcdef0123456789abcdef01234567"
  }

  assert {
    condition     = length(google_sql_database_instance.decisions) + length(google_project_iam_member.database) == 0
    error_message = "no Cloud SQL, and no right to it"
  }
}

run "serving" {
  command = apply

  variables {
    serving       = true
    image_version = "0123456789abcdef0123456789abcdef01234567"
  }

  assert {
    condition     = google_cloud_run_v2_service.api[0].template[0].volumes[0].cloud_sql_instance[0].instances[0] == output.database
    error_message = "the service reaches the database"
  }

  assert {
    condition     = endswith(google_cloud_run_v2_service.api[0].template[0].containers[0].image, "docker.pkg.dev/my-project/solvencia-api/solvencia-api:0123456789abcdef0123456789abcdef01234567")
    error_message = "the image is where `make deploy` pushes it"
  }

  assert {
    condition     = output.MODEL_URI == "gs://my-project-solvencia-models/champions" && output.DVC_BUCKET == "my-project-solvencia-data/dvc"
    error_message = "models and data have buckets of their own"
  }

  assert {
    condition     = length(google_monitoring_alert_policy.down) == 2 && length(google_monitoring_alert_policy.figures) == 3
    error_message = "both services and the database are watched"
  }
}
