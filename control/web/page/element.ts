/** Builds DOM elements without markup strings: text stays text, and no style attribute trips the content policy. */
type Child = Node | string | undefined;
type Attribute = string | number | boolean | undefined | ((event: Event) => void);

/**
 * `element('button', {type: 'button', onclick: close, 'aria-label': 'Close'}, 'x')`
 * Attributes: a function named `on…` listens, `true` sets an empty attribute, `false` and undefined set none.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.replace(/^on/, ''), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== undefined) made.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== undefined) made.append(child);
  return made;
}

/** A view fills its host; `leave` undoes everything that outlives the host's children (timers, sockets, listeners). */
export interface View {
  leave(): void;
}
