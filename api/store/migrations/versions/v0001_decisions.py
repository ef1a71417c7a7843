"""Decisions, what happened to them later, API keys, and the models and policies that decided."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text()),
        sa.Column("curp_hash", sa.Text()),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("final_score", sa.Integer(), nullable=False),
        sa.Column("income_score", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Text()),
        sa.Column("pd", sa.Double()),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("amount_asked", sa.Double(), nullable=False),
        sa.Column("amount_offered", sa.Double()),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("policy_digest", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
        sa.Column("shadow_model_version", sa.Text()),
        sa.Column("shadow_outcome", sa.Text()),
        sa.Column("shadow_final_score", sa.Integer()),
        sa.Column("shadow_income_score", sa.Integer()),
        sa.Column("shadow_pd", sa.Double()),
        sa.Column("shadow_grade", sa.Text()),
        sa.Column("inputs", sa.LargeBinary()),
        sa.Column("facts", sa.LargeBinary()),
        sa.Column("answer", sa.LargeBinary()),
    )
    op.create_index("decisions_by_owner", "decisions", ["owner", "id"])
    op.create_index("decisions_by_outcome", "decisions", ["outcome", "id"])
    named = sa.text("reference IS NOT NULL")
    op.create_index(
        "decisions_by_reference",
        "decisions",
        ["reference", "id"],
        sqlite_where=named,
        postgresql_where=named,
    )
    keyed = sa.text("idempotency_key IS NOT NULL")
    op.create_index(
        "decisions_by_idempotency_key",
        "decisions",
        ["owner", "idempotency_key"],
        unique=True,
        sqlite_where=keyed,
        postgresql_where=keyed,
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("decision_id", sa.Uuid(), sa.ForeignKey("decisions.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("reviews_by_decision", "reviews", ["decision_id"])
    op.create_table(
        "loan_outcomes",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("decision_id", sa.Uuid(), sa.ForeignKey("decisions.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("granted_on", sa.Date()),
        sa.Column("amount", sa.Double()),
        sa.Column("max_days_past_due", sa.Integer(), nullable=False),
        sa.Column("default_12m", sa.Boolean()),
    )
    op.create_index("loan_outcomes_by_decision", "loan_outcomes", ["decision_id"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "artifact_files",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("version", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Drop every table, with all that is in it."""
    for table in ("artifact_files", "api_keys", "loan_outcomes", "reviews", "decisions"):
        op.drop_table(table)
