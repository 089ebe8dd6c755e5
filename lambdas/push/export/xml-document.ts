import { XmlTreeCommonStruct, xmlGetIntSubset } from 'libxml2-wasm/lib/libxml2.mjs';
import { type ParsedXml, parseOptions, parseXml, type XmlPlace } from './libxml2.ts';
import { complaints, XmlError } from './xml-error.ts';

/**
 * Parses a document that nobody vouches for. Its DOCTYPE may name a DTD that the place has; entities of
 * its own it may not declare, since they are what attacks on XML are made of (files that are read, texts
 * that grow without end) and what this parser does not fall for, the partner's might.
 *
 * @throws XmlError when it is not well-formed or breaks that rule
 */
export function parseUntrustedXml(bytes: Uint8Array, place: XmlPlace): ParsedXml {
  const document = parseXml(bytes, place, parseOptions.nothingExternal);
  const doctype = xmlGetIntSubset(document.pointer);
  if (doctype === 0) return document;
  try {
    refuseEntities(doctype);
  } finally {
    document.free();
  }
  return parseXml(bytes, place, parseOptions.loadDtd | parseOptions.noEntities);
}

/** `XML_ENTITY_DECL`: https://gnome.pages.gitlab.gnome.org/libxml2/html/tree_8h.html */
const entityDeclaration = 17;

function refuseEntities(doctype: number): void {
  const { children, name_: nameOf, next, type } = XmlTreeCommonStruct;
  for (let node = children(doctype); node !== 0; node = next(node)) {
    if (type(node) === entityDeclaration) {
      throw new XmlError(complaints(`declares the entity '${nameOf(node)}', which is not allowed`));
    }
  }
}
