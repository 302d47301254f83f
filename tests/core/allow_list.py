"""What may be in the HTML of a post, asked of the parsed tree and not of the sanitizer's own judgement."""

from urllib.parse import urlsplit

from forum.core.markup.sanitize import ATTRIBUTES, CLASSES, REL, SCHEMES, TAGS
from tests.core.html_trees import elements


def offences(html):
    """Return what in the HTML is off the allow-list: element, attribute, class or scheme."""
    return offences_among(elements(html))


def offences_among(parsed):
    """Return what among these elements is off the allow-list."""
    found = []
    for element in parsed:
        if element.tag not in TAGS:
            found.append(f"element {element.tag}")
            continue
        for name, value in element.attrib.items():
            if name not in ATTRIBUTES.get(element.tag, ()):
                found.append(f"{element.tag} {name}")
            if name == "class" and not class_is_allowed(element.tag, value):
                found.append(f"class {value}")
            if name == "href" and not address_is_allowed(value):
                found.append(f"address {value}")
            if name == "href" and not value.startswith("/") and element.get("rel") != REL:
                found.append(f"no rel {value}")
    return found


def class_is_allowed(tag, value):
    return value in CLASSES.get(tag, ()) or (tag == "code" and value.startswith("language-") and " " not in value)


def address_is_allowed(value):
    if any(char <= " " or char == "\\" for char in value):
        return False
    if value.startswith("/"):
        return not value.startswith("//")
    parts = urlsplit(value)
    if parts.scheme == "mailto":
        return bool(parts.path)
    return parts.scheme in SCHEMES and bool(parts.hostname) and "@" not in parts.netloc
