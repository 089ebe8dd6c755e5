import * as z from 'zod';

/** Names that commands of the document client have in the API reference. */
const documentNames: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  BatchGet: 'BatchGetItem',
  BatchWrite: 'BatchWriteItem',
  TransactWrite: 'TransactWriteItems',
};

/** The operation, as the API reference names it, of what passes a client's middleware. */
export function operationOf(context: Readonly<Record<string, unknown>>): string {
  const name = z
    .string()
    .parse(context['commandName'])
    .replace(/Command$/, '');
  return documentNames[name] ?? name;
}
