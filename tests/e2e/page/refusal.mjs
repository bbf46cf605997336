/** What the layer's machine answers when it does not do what it is asked. */
export class Refusal extends Error {
    constructor(status, code, message, where = null, hint = null, readings = undefined) {
        super(message);
        Object.assign(this, { status, code, where, hint, readings });
    }
}
