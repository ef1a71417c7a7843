"""Settings of the service, read once from the environment."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """Every setting, with its default. Names in the environment are the field names in capitals."""

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", frozen=True)

    host: Annotated[
        str, Field(description="Address to listen on; beyond this machine only with API keys")
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port to listen on")] = 8000
    model_uri: Annotated[
        str,
        Field(description="Directory of the serving model, or `gs://bucket/prefix` with a pointer"),
    ] = "model/champion"
    challenger_uri: Annotated[
        str | None,
        Field(description="A model that is scored beside it, stored and never answered"),
    ] = None
    policy_file: Annotated[Path, Field(description="The policy in force")] = Path(
        "business_rules/policy.json"
    )
    reload_seconds: Annotated[
        float, Field(gt=0, description="How often model and policy are looked at for a new one")
    ] = 5.0
    database_url: Annotated[
        SecretStr,
        Field(description="Where decisions are kept, as SQLAlchemy writes it"),
    ] = SecretStr("sqlite:///dataset/decisions.db")
    store_patience_seconds: Annotated[
        float,
        Field(gt=0, description="How long a request waits for the database before it gets a 503"),
    ] = 5.0
    retention_days: Annotated[
        int, Field(ge=0, description="Inputs older than this are erased; 0 keeps them")
    ] = 1825
    curp_key: Annotated[
        SecretStr | None,
        Field(
            min_length=32,
            description="Secret for the keyed hash of a CURP, 32 characters or more; "
            "without it a request that holds a CURP is refused",
        ),
    ] = None
    open_access: Annotated[
        bool,
        Field(
            description="Answer without keys although others reach the address; for a port that "
            "something else protects"
        ),
    ] = False
    rate_limit_per_second: Annotated[
        float, Field(gt=0, description="Requests a second, on average, from one key")
    ] = 100.0
    rate_limit_burst: Annotated[int, Field(ge=1, description="Requests at once from one key")] = 200
    max_body_bytes: Annotated[
        int, Field(ge=1024, description="Largest request body, except for batches")
    ] = 1_048_576
    max_batch_bytes: Annotated[int, Field(ge=1024, description="Largest body of a batch")] = (
        67_108_864
    )
    otel_exporter_otlp_endpoint: Annotated[
        str | None, Field(description="Where OpenTelemetry traces are sent; none without it")
    ] = None
    log_level: Annotated[
        str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level that is logged")
    ] = "INFO"
    shutdown_seconds: Annotated[
        int, Field(ge=1, description="How long a stopping service finishes what it accepted")
    ] = 8

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.max_batch_bytes < self.max_body_bytes:
            raise ValueError("MAX_BATCH_BYTES must be at least MAX_BODY_BYTES")
        return self

    @property
    def exposed(self) -> bool:
        """Whether others than this machine reach the address."""
        return self.host not in LOOPBACK
