# No variable holds a secret: what is secret is put into Secret Manager by people, and never meets the state.

variable "project" {
  description = "Id of the project of Google Cloud"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project: allowed: 6 to 30 small letters, digits and hyphens, as `gcloud projects list` shows it."
  }
}

variable "region" {
  description = "Region of everything; us-central1 is cheap, northamerica-south1 is in Mexico"
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]$", var.region))
    error_message = "region: allowed: a region such as us-central1, not a zone."
  }
}

variable "name" {
  description = "First part of every name that is made here"
  type        = string
  default     = "solvencia"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.name))
    error_message = "name: allowed: 2 to 16 small letters, digits and hyphens."
  }
}

variable "repository" {
  description = "Repository on GitHub whose branch main may deploy and train: owner/name"
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository: allowed: owner/name."
  }
}

variable "repository_id" {
  description = "Its number, which nobody gets who later takes the name: gh api repos/OWNER/NAME --jq .id"
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.repository_id))
    error_message = "repository_id: allowed: digits, as `gh api repos/OWNER/NAME --jq .id` prints them."
  }
}

variable "alert_email" {
  description = "Who is told when something is wrong"
  type        = string

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+$", var.alert_email))
    error_message = "alert_email: allowed: one address, such as risk@example.com."
  }
}

variable "serving" {
  description = "Whether the services, the jobs and their alerts are there; needs the secrets and the images"
  type        = bool
  default     = false
}

variable "image_version" {
  description = "Commit of the images that services begin with; `make deploy` moves on from there"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([0-9a-f]{40})?$", var.image_version))
    error_message = "image_version: allowed: the 40 hexadecimal digits of `git rev-parse HEAD`, or nothing while not serving."
  }

  validation {
    condition     = var.image_version != "" || !var.serving
    error_message = "image_version: is needed where serving is true."
  }
}

variable "cloud_sql" {
  description = "Whether Cloud SQL holds the decisions; if not, the secret DATABASE_URL names your own PostgreSQL"
  type        = bool
  default     = true
}

variable "database_tier" {
  description = "Machine of Cloud SQL; db-g1-small is shared and has no promise of being up"
  type        = string
  default     = "db-g1-small"
}

variable "database_regional" {
  description = "Whether the database has a second machine in another zone, for twice the price"
  type        = bool
  default     = false
}

variable "api_instances" {
  description = "Fewest and most instances of the service; each holds up to six connections to the database"
  type        = object({ min = number, max = number })
  default     = { min = 1, max = 4 }

  validation {
    condition     = 0 <= var.api_instances.min && var.api_instances.min <= var.api_instances.max && 1 <= var.api_instances.max
    error_message = "api_instances: allowed: 0 ≤ min ≤ max, and max at least 1."
  }
}

variable "app_instances" {
  description = "Fewest and most instances of the app"
  type        = object({ min = number, max = number })
  default     = { min = 0, max = 2 }

  validation {
    condition     = 0 <= var.app_instances.min && var.app_instances.min <= var.app_instances.max && 1 <= var.app_instances.max
    error_message = "app_instances: allowed: 0 ≤ min ≤ max, and max at least 1."
  }
}

variable "protected" {
  description = "Whether services, database and full buckets refuse to be destroyed"
  type        = bool
  default     = true
}
