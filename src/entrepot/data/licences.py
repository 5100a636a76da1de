"""DATA_LICENSE.md, written from the manifests: terms and citation of every source in a bundle."""

from __future__ import annotations

from entrepot.data.manifest import manifest, manifest_ids

HEADING = """# Data in the bundled worlds

The program is under the MIT licence (see LICENSE). The bundled worlds are derived from the
sources below: none of their tables is shipped as it is, and each keeps the terms of its owner.
Cite the sources you rely on. The trade flows derive mostly from the Atlas of Economic
Complexity, as far as known CC BY-NC-SA: treat the bundled worlds as non-commercial and share-alike,
and bring a world of your own (`World.from_arrays` and the readers) where that does not suit you.
Terms marked non-commercial or no redistribution apply to the raw tables; whoever needs more than
the derived world obtains them from their publisher.

This file is written from the manifests in `src/entrepot/data/manifests`; do not edit it by hand:
`python -m entrepot.data.licences` prints it.
"""


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
    return "\n".join(parts)


if __name__ == "__main__":
    print(data_licence(), end="")
