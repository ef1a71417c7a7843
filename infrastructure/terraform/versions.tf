# Solvencia on Google Cloud. docs/deploy.md says in which order things are done, and what they cost.
terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
  # Which bucket: terraform init -backend-config=bucket=…
  backend "gcs" {
    prefix = "solvencia"
  }
}

provider "google" {
  project = var.project
  region  = var.region
}
