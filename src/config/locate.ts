/** Says where a path of the configuration stands: in a file with its line, else the path itself. */
export type Locate = (path: readonly PropertyKey[]) => string;
