"""DATA_LICENSE.md is what the manifests say."""

from __future__ import annotations

from pathlib import Path

import yaml

from entrepot.data.licences import CASES, MATERIAL, data_licence
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


def test_shipped_material_outside_the_worlds_is_covered() -> None:
    text = data_licence()
    for item in MATERIAL:
        for pattern in item.path.split(", "):
            assert list(ROOT.glob(pattern)), pattern
        assert item.citation in text
    assert "Natural Earth" in text
    assert "world-atlas" in text


def test_every_value_in_the_casebook_has_an_owner_in_the_list_or_an_address() -> None:
    known = [item.publisher for item in MATERIAL] + ["Significant reduction exceptions"]
    found = 0
    for path in sorted((ROOT / CASES).glob("*.yaml")):
        records = yaml.safe_load(path.read_text("utf-8")).get("records") or {}
        for name, record in records.items():
            citation = " ".join(record["source"]["citation"].split())
            listed = any(citation.startswith(owner) for owner in known)
            named = citation and record["source"].get("url", "").startswith("https://")
            assert listed or named, f"{path.name}: {name}"
            found += 1
    assert found >= 3
