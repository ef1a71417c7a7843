# PostgreSQL for the decisions. Its user is made by people, with a password that the state never holds.

resource "google_sql_database_instance" "decisions" {
  #checkov:skip=CKV_GCP_60:The address admits no network and no direct connection, only what IAM lets through Google's connectors
  #checkov:skip=CKV_GCP_79:17 is served by every package that is locked here; a newer major version is a decision of people
  #checkov:skip=CKV2_GCP_13:The service measures its own commits; a line for every statement tells no more
  #checkov:skip=CKV_GCP_108:Whoever connects is a connector on Google's side, whose name says nothing
  #checkov:skip=CKV_GCP_55:The default (WARNING) is meant
  #checkov:skip=CKV_GCP_109:The default (ERROR) is meant: a statement at a lower level may quote an applicant
  #checkov:skip=CKV_GCP_111:Statements would put applicants into the log
  count = var.cloud_sql ? 1 : 0

  name                = "${var.name}-decisions"
  region              = var.region
  database_version    = "POSTGRES_17"
  deletion_protection = var.protected

  settings {
    edition                     = "ENTERPRISE"
    tier                        = var.database_tier
    availability_type           = var.database_regional ? "REGIONAL" : "ZONAL"
    disk_type                   = "PD_SSD"
    disk_size                   = 10
    disk_autoresize             = true
    deletion_protection_enabled = var.protected
    retain_backups_on_delete    = var.protected
    connector_enforcement       = "REQUIRED"

    ip_configuration {
      ipv4_enabled = true
      ssl_mode     = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "08:00"
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7
      backup_retention_settings {
        retained_backups = 14
      }
    }

    maintenance_window {
      day  = 7
      hour = 9
    }

    database_flags {
      name  = "cloudsql.enable_pgaudit"
      value = "on"
    }

    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }

    database_flags {
      name  = "log_connections"
      value = "on"
    }

    database_flags {
      name  = "log_disconnections"
      value = "on"
    }

    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
  }

  lifecycle {
    # The disk grows by itself, and people put the database to sleep.
    ignore_changes = [settings[0].disk_size, settings[0].activation_policy]
  }

  depends_on = [google_project_service.api]
}

resource "google_sql_database" "decisions" {
  count = var.cloud_sql ? 1 : 0

  name            = "solvencia"
  instance        = google_sql_database_instance.decisions[0].name
  deletion_policy = "ABANDON" # it goes with its instance
}
