// GitHub's own parser as a judge: one request a line on standard input, one verdict a line on standard output.
//
// Request: {"kind": "workflow" | "action", "name": "ci.yml", "content": "…"}. Verdict: {"errors": ["…", …]}.
import { createInterface } from "node:readline";
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { convertActionTemplate } from "@actions/workflow-parser/actions/action-template";

const trace = new NoOperationTraceWriter();

async function judge({ kind, name, content }) {
  const file = { name, content };
  try {
    const parsed = kind === "action" ? parseAction(file, trace) : parseWorkflow(file, trace);
    if (kind === "workflow" && parsed.value !== undefined) {
      await convertWorkflowTemplate(parsed.context, parsed.value);
    }
    if (kind === "action" && parsed.value !== undefined) {
      convertActionTemplate(parsed.context, parsed.value);
    }
    return parsed.context.errors.getErrors().map((error) => error.message);
  } catch (error) {
    return [`the parser failed: ${error.message}`];
  }
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify({ errors: await judge(JSON.parse(line)) }) + "\n");
  }
}

main();
