/** Limit: texts of the document are shown up to here; a pasted certificate must not fill the screen. */
const shownChars = 60;

/** A text of the document for a message: in quotes, on one line, and not too long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > shownChars ? `${text.slice(0, shownChars)}…` : text);
}
