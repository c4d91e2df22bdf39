/** Tests of what operators see. */
package io.cairn.server.ops;
