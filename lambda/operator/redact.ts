/** Stands where a password stood. */
const mark = '***';

/**
 * The same error, in a new object: no stack, no cause and no other field in which the password may hide.
 *
 * @param password - as it is, and as JSON or a URL writes it
 */
export function withoutSecret(error: unknown, password: string): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const clean = new Error(redact(message, password));
  clean.name = redact(name, password);
  return clean;
}

/**
 * @returns the answer
 * @throws when the password is anywhere in it, since it is going to be stored
 */
export function mustHideSecret<Answer>(answer: Answer, password: string): Answer {
  const text = JSON.stringify(answer);
  if (redact(text, password) !== text) throw new Error('the answer of the checker holds the password');
  return answer;
}

function redact(text: string, password: string): string {
  const written = [password, JSON.stringify(password).slice(1, -1), encodeURIComponent(password)];
  return written.reduce((clean, form) => clean.replaceAll(form, mark), text);
}
