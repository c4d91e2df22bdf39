/** Tests of the settings and of the composition root. */
package io.cairn.server;
