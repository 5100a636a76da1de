"""DATA_LICENSE.md: terms and citation of every source of what the package ships.

The sources of the worlds come from the manifests; other material, which no reader reads, is listed
in `MATERIAL`.
"""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.data.manifest import manifest, manifest_ids


@dataclass(frozen=True, slots=True)
class Material:
    """Something outside the worlds that ships with the package and has an owner.

    Attributes
    ----------
    title : what it is
    path : file or files, from the root of the repository
    publisher, licence, terms, address, citation : as in a manifest

    """

    title: str
    path: str
    publisher: str
    licence: str
    terms: str
    address: str
    citation: str


CASES = "src/entrepot/study/casebook/cases"
MATERIAL = (
    Material(
        title="Outlines of countries for the world map",
        path="src/entrepot/report/geometry/world.json",
        publisher="Natural Earth, through the package world-atlas",
        licence="public domain (Natural Earth); ISC (world-atlas)",
        terms="Free; simplified and redrawn for the report. Boundaries are no statement on status.",
        address="https://www.naturalearthdata.com",
        citation="Made with Natural Earth; M. Bostock, world-atlas.",
    ),
    Material(
        title="Distances between the economies of the bundled worlds",
        path="src/entrepot/world/links_distance.csv",
        publisher="CEPII",
        licence="Etalab 2.0",
        terms="Free with citation. An extract of GeoDist in whole km; the rest of the world is a "
        "mean of ours.",
        address="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=6",
        citation="Mayer, T., Zignago, S. (2011). Notes on CEPII's distances measures: the GeoDist "
        "database. CEPII Working Paper 2011-25.",
    ),
    Material(
        title="Lines of currency among central banks",
        path="src/entrepot/channels/payments/data/swap_lines.csv",
        publisher="Bahaj, Fuchs and Reis",
        licence="free for research, cite",
        terms="Lender, partner and days of lines in the lender's own currency, joined where they "
        "were renewed; amounts and texts stay with the authors.",
        address="https://personal.lse.ac.uk/reisr/papers/99-infdis.pdf",
        citation="Bahaj, S., Fuchs, M., Reis, R. (2024). The Global Network of Liquidity Lines, "
        "data set, version 19.",
    ),
    Material(
        title="Shares of rails, foreign assets, hubs and links: single statements",
        path="src/entrepot/channels/payments/data/facts.csv, "
        "src/entrepot/channels/assets/holdings.yaml, src/entrepot/channels/reexports/hubs.yaml, "
        "src/entrepot/channels/routes/data/land.yaml",
        publisher="Those named beside each statement",
        licence="facts",
        terms="Each number names its source and address, or says that it is assumed.",
        address="beside each statement",
        citation="As named beside each number.",
    ),
    Material(
        title="Distances by sea, and the lanes of the maps",
        path="src/entrepot/channels/routes/data/sea_legs.csv, "
        "src/entrepot/report/geometry/lanes.json, src/entrepot/channels/oil/data/sea_km.csv",
        publisher="G. Halili, searoute; Oak Ridge National Laboratory and Eurostat before it",
        licence="Apache-2.0 (searoute); EUPL (Eurostat's searoute)",
        terms="Computed distances and simplified lanes; not for navigation.",
        address="https://github.com/genthalili/searoute-py",
        citation="G. Halili, searoute 1.6.0.",
    ),
    Material(
        title="Brent by month",
        path="src/entrepot/channels/oil/data/brent.csv",
        publisher="US Energy Information Administration",
        licence="Public domain",
        terms="Free use; cite.",
        address="https://www.eia.gov/dnav/pet/hist/LeafHandler.ashx?n=PET&s=RBRTE&f=M",
        citation="US Energy Information Administration, Europe Brent spot price FOB, monthly.",
    ),
    Material(
        title="Yearly flows, discounts and prices of crude beside the replays",
        path="src/entrepot/study/oil_record.csv",
        publisher="International Energy Agency, Energy Institute, customs, ministries, the press",
        licence="facts",
        terms="Single yearly figures, each with the address where it was read; those from the "
        "Agency and the Review are means and sums of groups.",
        address="in the rows of the table",
        citation="Sources in the rows of the table.",
    ),
    Material(
        title="Crude by stream and refiner, and refining",
        path="src/entrepot/channels/oil/data/base_*.csv, "
        "src/entrepot/channels/oil/data/pairs_*.csv, src/entrepot/channels/oil/data/history.csv, "
        "src/entrepot/channels/oil/data/refining_*.csv",
        publisher="Derived; International Energy Agency, Energy Institute, Growth Lab at Harvard",
        licence="derived from the sources above under their terms",
        terms="Fitted flows by stream and refining region; the raw tables stay with their owners.",
        address="named in the heads of the files",
        citation="Energy Institute, Statistical Review of World Energy 2025; International Energy "
        "Agency, oil trade by origin; The Growth Lab at Harvard University.",
    ),
    Material(
        title="Value of trade by weight",
        path="src/entrepot/channels/routes/data/values.csv",
        publisher="A data set on maritime trade and choke points, terms not stated",
        licence="facts of trade statistics",
        terms="One ratio for each sector, summed from chapters of the Harmonized System.",
        address="not known",
        citation="Values over weights by chapter of the Harmonized System.",
    ),
    Material(
        title="Single values beside the claims of the casebook: trade",
        path=f"{CASES}/*.yaml, docs/guide/reexports.md",
        publisher="The Growth Lab at Harvard University",
        licence="CC BY-NC-SA as far as known",
        terms="Sums only, a few numbers for each case; non-commercial, share alike.",
        address="https://atlas.hks.harvard.edu/data-downloads",
        citation="The Growth Lab at Harvard University, International Trade Data (HS, 92), Harvard "
        "Dataverse, doi:10.7910/DVN/T4CHWJ.",
    ),
    Material(
        title="Single values beside the claims of the casebook: oil",
        path=f"{CASES}/*.yaml",
        publisher="US Energy Information Administration",
        licence="public domain; estimates of tanker tracking are facts",
        terms="A few yearly numbers.",
        address="https://www.eia.gov/international/analysis/country/IRN",
        citation="US Energy Information Administration and tanker tracking, yearly estimates.",
    ),
    Material(
        title="Single values beside the claims of the casebook: population",
        path=f"{CASES}/*.yaml",
        publisher="Central Intelligence Agency",
        licence="public domain",
        terms="A few numbers; cite as a courtesy.",
        address="https://www.cia.gov/the-world-factbook/",
        citation="Central Intelligence Agency, The World Factbook, as of May 2026.",
    ),
    Material(
        title="Other single values beside the claims of the casebook",
        path=f"{CASES}/*.yaml",
        publisher="Those named beside each value",
        licence="facts",
        terms="A few numbers from each; every value names its document and address.",
        address="beside each value",
        citation="As named beside each value.",
    ),
    Material(
        title="Dates and parties of measures in the casebook and the scenario library",
        path=f"{CASES}/*.yaml, src/entrepot/scenario/library/*.yaml",
        publisher="Governments and courts that issued them",
        licence="facts of law",
        terms="Each entry names its act and address.",
        address="https://www.federalregister.gov",
        citation="Significant reduction exceptions and the other acts named in the files.",
    ),
)

HEADING = """# Data in the bundled worlds

The program is under the MIT licence (see LICENSE). The bundled worlds are derived from the
sources below: none of their tables is shipped as it is, and each keeps the terms of its owner.
Cite the sources you rely on. The trade flows derive mostly from the Atlas of Economic
Complexity, as far as known CC BY-NC-SA: treat the bundled worlds as non-commercial and share-alike,
and bring a world of your own (`World.from_arrays` and the readers) where that does not suit you.
Terms marked non-commercial or no redistribution apply to the raw tables; whoever needs more than
the derived world obtains them from their publisher.

Other material that ships with the package is listed at the end.

This file is written from the manifests in `src/entrepot/data/manifests` and from
`src/entrepot/data/licences.py`; do not edit it by hand:
`python -m entrepot.data.licences` prints it.
"""


def _link(address: str) -> str:
    return f"<{address}>" if address.startswith("https://") else address


def data_licence() -> str:
    """Return the text of DATA_LICENSE.md, every source that has a manifest in it."""
    parts = [HEADING]
    for source in manifest_ids():
        about = manifest(source)
        parts.append(
            f"## {about.title}\n\n"
            f"- id: `{source}`\n"
            f"- publisher: {about.publisher}\n"
            f"- vintage: {about.vintage}; published: {about.frequency}\n"
            f"- licence: {about.licence}\n"
            f"- terms: {about.terms or 'as the licence says'}\n"
            f"- address: <{about.address}>\n"
            f"- cite: {about.citation.strip()}\n"
        )
    parts.append("## Other material\n")
    for item in MATERIAL:
        parts.append(
            f"### {item.title}\n\n"
            f"- files: `{item.path}`\n"
            f"- publisher: {item.publisher}\n"
            f"- licence: {item.licence}\n"
            f"- terms: {item.terms}\n"
            f"- address: {_link(item.address)}\n"
            f"- cite: {item.citation}\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    print(data_licence(), end="")
