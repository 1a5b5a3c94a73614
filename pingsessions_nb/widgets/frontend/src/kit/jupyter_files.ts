/* Where Jupyter's server shows files that are beside the open notebook. */

/* JupyterLab has `lab/tree/a/b.ipynb` open, one workspace of several `lab/workspaces/x/tree/…`,
   Notebook `notebooks/a/b.ipynb`. */
const NOTEBOOK =
  /^(?:(?:lab|doc)(?:\/workspaces\/[^/]+)?\/tree|notebooks)\/((?:[^/]+\/)*)[^/]+\.ipynb$/;

/* The address of a file beside the notebook that a page's path is of; null where it is of none. */
export function besideNotebook(path: string, base: string, name: string): string | null {
  const found = path.startsWith(base) ? NOTEBOOK.exec(path.slice(base.length)) : null;
  return found ? `${base}files/${found[1] ?? ""}${encodeURIComponent(name)}` : null;
}

export function fileAddress(name: string): string | null {
  const config = document.getElementById("jupyter-config-data")?.textContent;
  if (!config) return null;
  const base: unknown = JSON.parse(config).baseUrl;
  return typeof base === "string" ? besideNotebook(location.pathname, base, name) : null;
}
