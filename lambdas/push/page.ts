/** A page of a list, and where the next one begins. */
export interface Page<Item> {
  items: Item[];
  /** ULID of the last item seen, when more may follow. */
  after: string | undefined;
}
