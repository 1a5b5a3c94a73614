import assert from "node:assert/strict";
import { test } from "node:test";
import { besideNotebook } from "../src/kit/jupyter_files.ts";

const beside = (path: string, base = "/") => besideNotebook(path, base, "report 1.html");

test("a file beside the notebook, in JupyterLab and in Notebook", () => {
  assert.equal(beside("/lab/tree/a.ipynb"), "/files/report%201.html");
  assert.equal(
    beside("/lab/workspaces/auto-k/tree/x/y%20z/a.ipynb"),
    "/files/x/y%20z/report%201.html",
  );
  assert.equal(
    beside("/user/tree/notebooks/x/a.ipynb", "/user/tree/"),
    "/user/tree/files/x/report%201.html",
  );
});

test("no file where no notebook is open", () => {
  assert.equal(beside("/lab"), null);
  assert.equal(beside("/voila/render/a.ipynb"), null);
  assert.equal(beside("/lab/tree/folder"), null);
});
