// Runs a client file's checks in the order they are written, and counts them.
//
//   const check = checks("jose");
//   await check("TK-2 an ID token verifies from discovery alone", async () => { … });
//   check.close();

export { refused, same, truth } from "./expect.mjs";

/** A function that runs one titled check at a time and remembers how it went. */
export function checks(name) {
  let passed = 0;
  let failed = 0;
  const check = async (title, body) => {
    const began = performance.now();
    try {
      await body();
      passed += 1;
      console.log(`ok     ${title} (${((performance.now() - began) / 1000).toFixed(2)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${title}\n    ${error?.name}: ${error?.message}\n    ${place(error)}`);
    }
  };
  check.close = () => {
    console.log(`${name}: ${passed} passed, ${failed} failed`);
    process.exit(failed || !passed ? 1 : 0);
  };
  return check;
}

/** The line of the client file that the error came through, and what lay below it. */
function place(error) {
  const lines = String(error?.stack ?? "").split("\n").filter((line) => line.includes("/e2e/node/"));
  const ours = lines.find((line) => !line.includes("node_modules") && !line.includes("checks.mjs"));
  const cause = error?.underlyingError ?? error?.cause;
  return (ours ?? lines[0] ?? "").trim() + (cause?.name ? ` [cause: ${cause.name}: ${cause.message}]` : "");
}
