export interface ItemView<T> {
  element: HTMLElement;
  show(item: T): void;
}

/**
 * Shows items under a list element. An item that was there before keeps its element, and with it the focus and
 * the place of a screen reader.
 */
export function listView<T>(
  list: HTMLElement,
  keyOf: (item: T) => string,
  create: () => ItemView<T>,
): (items: readonly T[]) => void {
  let views = new Map<string, ItemView<T>>();
  return (items) => {
    const next = new Map(items.map((item) => [keyOf(item), views.get(keyOf(item)) ?? create()]));
    for (const [key, view] of views) if (!next.has(key)) view.element.remove();
    let place = list.firstElementChild;
    for (const item of items) {
      const { element, show } = next.get(keyOf(item))!;
      show(item);
      if (element === place) place = place.nextElementSibling;
      else list.insertBefore(element, place);
    }
    views = next;
  };
}
