// What went wrong, in the three parts that every message of the program has.

export class Fault extends Error {
  /** `status` is that of the server's answer; 0 where none came. */
  constructor({ what, where = "", fix = "" }, status = 0) {
    super(what);
    this.what = what;
    this.where = where;
    this.fix = fix;
    this.status = status;
  }
}
