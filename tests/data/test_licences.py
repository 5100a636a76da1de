"""DATA_LICENSE.md is what the manifests say."""

from __future__ import annotations

from pathlib import Path

from entrepot.data.licences import data_licence
from entrepot.data.manifest import manifest, manifest_ids

ROOT = Path(__file__).resolve().parents[2]


def test_the_file_is_in_step_with_the_manifests() -> None:
    assert (ROOT / "DATA_LICENSE.md").read_text("utf-8") == data_licence(), (
        "run: python -m entrepot.data.licences > DATA_LICENSE.md"
    )


def test_every_source_is_named_with_terms_and_citation() -> None:
    text = data_licence()
    for source in manifest_ids():
        about = manifest(source)
        assert f"`{source}`" in text
        assert about.licence in text
        assert about.citation.strip() in text
