"""Settings of the service, read once from the environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, with its default. Names in the environment are the field names in capitals."""

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", frozen=True)

    model_uri: Path = Field(Path("model/champion"), description="Directory of the serving model")
    policy_file: Path = Field(Path("business_rules/policy.json"), description="The policy in force")
