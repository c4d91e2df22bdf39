/**
 * The Hessian state codec: which classes a state may be made of, how each is written, and the scan
 * that bytes must pass before anything is built from them. Internal; use {@link
 * io.cairn.client.codec.Codecs}. It knows nothing of framing. Runs in the caller's thread.
 *
 * <p>Hessian's own serializers are not used: only its tokens are. Names of Hessian classes never
 * appear as text here, so that the package works when the library is relocated.
 */
@NullMarked
package io.cairn.client.codec.hessian;

import org.jspecify.annotations.NullMarked;
