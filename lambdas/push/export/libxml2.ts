import {
  addFunction,
  XmlErrorStruct,
  xmlCleanupInputProvider,
  xmlCtxtParseDtd,
  xmlCtxtSetErrorHandler,
  xmlCtxtValidateDtd,
  xmlFreeDoc,
  xmlFreeDtd,
  xmlFreeParserCtxt,
  xmlNewParserCtxt,
  xmlReadMemory,
  xmlRegisterInputProvider,
  xmlSchemaFree,
  xmlSchemaFreeParserCtxt,
  xmlSchemaFreeValidCtxt,
  xmlSchemaNewDocParserCtxt,
  xmlSchemaNewValidCtxt,
  xmlSchemaParse,
  xmlSchemaSetParserStructuredErrors,
  xmlSchemaSetValidStructuredErrors,
  xmlSchemaValidateDoc,
} from 'libxml2-wasm/lib/libxml2.mjs';
import { closeBuffer, openBuffer, readBuffer } from 'libxml2-wasm/lib/utils.mjs';
import { type Complaints, complaints, XmlError } from './xml-error.ts';

/*
 * libxml2 by its own functions, not by the library's classes: those keep every complaint of a validation
 * with its path in the document, which takes time by the square of their number, and a document of some
 * megabytes can earn a million of them.
 */

/** Where a document, a DTD or a schema is, and what it may refer to. */
export interface XmlPlace {
  /** Its own, with `/` between levels; what it refers to is relative to it. */
  url: string;
  /** A file that is referred to; `undefined`: it may not be. Nothing else is ever read, no network. */
  read: (url: string) => Uint8Array | undefined;
}

/** A parsed document; to be freed. */
export interface ParsedXml {
  pointer: number;
  free: () => void;
}

/** @throws XmlError, what a document is not valid for */
export type XmlCheck = (document: ParsedXml) => void;

/** https://gnome.pages.gitlab.gnome.org/libxml2/html/parser_8h.html */
export const parseOptions = {
  /** Puts in the text of entities. */
  noEntities: 1 << 1,
  /** Loads what a DOCTYPE refers to. */
  loadDtd: 1 << 2,
  noNetwork: 1 << 11,
  /** Numbers of lines above 65,535. */
  bigLines: 1 << 22,
  /** Loads nothing. */
  nothingExternal: 1 << 23,
  noCatalog: 1 << 25,
} as const;

const always = parseOptions.noNetwork | parseOptions.bigLines | parseOptions.noCatalog;

/**
 * @param options of `parseOptions`, beside those that always hold
 * @throws XmlError when it is not well-formed, or refers to what it may not
 */
export function parseXml(bytes: Uint8Array, place: XmlPlace, options: number): ParsedXml {
  const context = xmlNewParserCtxt();
  let pointer = 0;
  try {
    const heard = reading(place, () => {
      xmlCtxtSetErrorHandler(context, collect, 0);
      pointer = xmlReadMemory(context, bytes, place.url, null, options | always);
    });
    if (pointer === 0 || heard.count > 0) throw new XmlError(heard);
  } catch (error) {
    if (pointer !== 0) xmlFreeDoc(pointer);
    throw error;
  } finally {
    xmlFreeParserCtxt(context);
  }
  return { pointer, free: () => xmlFreeDoc(pointer) };
}

/** Compiles a DTD, which then stays in memory. @throws XmlError */
export function dtdCheck(bytes: Uint8Array, place: XmlPlace): XmlCheck {
  const context = xmlNewParserCtxt();
  let dtd = 0;
  try {
    const heard = reading(place, () => {
      // A context keeps its options: this is how a DTD comes to load its own parts.
      xmlFreeDoc(
        xmlReadMemory(context, anyDocument, place.url, null, always | parseOptions.loadDtd),
      );
      xmlCtxtSetErrorHandler(context, collect, 0);
      dtd = xmlCtxtParseDtd(context, bytes, null, place.url);
    });
    if (dtd === 0 || heard.count > 0) throw new XmlError(heard);
  } catch (error) {
    if (dtd !== 0) xmlFreeDtd(dtd);
    throw error;
  } finally {
    xmlFreeParserCtxt(context);
  }
  return ({ pointer }) => {
    const validation = xmlNewParserCtxt();
    try {
      let valid = 0;
      const heard = reading(nothing, () => {
        xmlCtxtSetErrorHandler(validation, collect, 0);
        valid = xmlCtxtValidateDtd(validation, pointer, dtd);
      });
      if (valid !== 1) throw new XmlError(heard);
    } finally {
      xmlFreeParserCtxt(validation);
    }
  };
}

/** Compiles a schema, which then stays in memory. @throws XmlError */
export function xsdCheck(bytes: Uint8Array, place: XmlPlace): XmlCheck {
  const document = parseXml(bytes, place, parseOptions.nothingExternal);
  let schema = 0;
  try {
    const context = xmlSchemaNewDocParserCtxt(document.pointer);
    const heard = reading(place, () => {
      xmlSchemaSetParserStructuredErrors(context, collect, 0);
      schema = xmlSchemaParse(context);
      xmlSchemaFreeParserCtxt(context);
    });
    if (schema === 0 || heard.count > 0) throw new XmlError(heard);
  } catch (error) {
    if (schema !== 0) xmlSchemaFree(schema);
    throw error;
  } finally {
    document.free();
  }
  return ({ pointer }) => {
    const validation = xmlSchemaNewValidCtxt(schema);
    try {
      let result = 0;
      // What a document says of where its schemas are (`xsi:schemaLocation`) is a hint, and not followed.
      const heard = reading(nothing, () => {
        xmlSchemaSetValidStructuredErrors(validation, collect, 0);
        result = xmlSchemaValidateDoc(validation, pointer);
      });
      if (result !== 0) throw new XmlError(heard);
    } finally {
      xmlSchemaFreeValidCtxt(validation);
    }
  };
}

const anyDocument = new TextEncoder().encode('<any/>');

/** Gives no file, and does not mind being asked. */
const nothing = { url: '', read: () => empty };
const empty = new Uint8Array();

/** libxml2 works one thing at a time, and calls back while it does. */
let current: { place: XmlPlace; heard: Complaints } | undefined;

/** Does work of libxml2 that may read files of a place. @throws XmlError when it asked for others */
function reading(place: XmlPlace, work: () => void): Complaints {
  const heard = complaints();
  current = { place, heard };
  try {
    work();
  } finally {
    current = undefined;
  }
  const [refused] = heard.refused;
  if (refused !== undefined) {
    throw new XmlError(complaints(`refers to ${JSON.stringify(refused)}, which is not followed`));
  }
  return heard;
}

/** From this level on it is an error, below it a warning. */
const errorLevel = 2;

const collect = addFunction((_list: number, error: number) => {
  if (current === undefined || XmlErrorStruct.level(error) < errorLevel) return;
  current.heard.add(XmlErrorStruct.line(error), XmlErrorStruct.message(error));
}, 'vii');

// Without this libxml2 would look for files by itself.
xmlCleanupInputProvider();
xmlRegisterInputProvider({
  match: () => true,
  open: (url) => {
    const bytes = current?.place.read(url);
    if (bytes === undefined) current?.heard.refused.push(url);
    return openBuffer(bytes ?? empty);
  },
  read: readBuffer,
  close: (file) => {
    closeBuffer(file);
    return true;
  },
});
