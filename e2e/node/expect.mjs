// What a check may say about an outcome; free of Node, so that a page can say it too.

/** The promise must be refused with this error code and, when given, exactly this sentence. */
export async function refused(promise, code, text) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    same(error.code ?? error.name, code, `code of: ${error.message}`);
    if (text !== undefined) same(error.message, text, "sentence");
    return error;
  }
  throw new Error(`expected ${code}, but it was accepted: ${JSON.stringify(answer)?.slice(0, 200)}`);
}

/** Equality by content that says what it saw. */
export function same(got, wanted, what = "value") {
  const [seen, meant] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (seen !== meant) throw new Error(`${what}: wanted ${meant}, got ${seen}`);
}

/** A condition that says what it was. */
export function truth(condition, what) {
  if (!condition) throw new Error(what);
}
