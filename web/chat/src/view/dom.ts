// The smallest possible way to write elements. Text only ever becomes a text node, so nothing a contact sends is read
// as HTML.
type Child = Node | string | undefined | false;
type Properties = Record<string, string | boolean | undefined | ((event: never) => void)>;

export function h<Name extends keyof HTMLElementTagNameMap>(
    name: Name,
    properties: Properties = {},
    ...children: Child[]
): HTMLElementTagNameMap[Name] {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
        if (typeof value === 'function') element.addEventListener(key, value as EventListener);
        else if (value === true) element.setAttribute(key, '');
        else if (typeof value === 'string') element.setAttribute(key, value);
    }
    for (const child of children) if (child !== undefined && child !== false) element.append(child);
    return element;
}

// A round picture made of the first letter, in one of eight colours that depend on the address alone.
export function avatar(jid: string, name: string): HTMLElement {
    let sum = 0;
    for (const letter of jid) sum = (sum * 31 + letter.codePointAt(0)!) % 4093;
    const [initial = '?'] = name.trim();
    return h('span', { class: `avatar hue-${sum % 8}`, 'aria-hidden': 'true' }, initial.toUpperCase());
}

export function setText(element: HTMLElement, text: string): void {
    if (element.textContent !== text) element.textContent = text;
}
