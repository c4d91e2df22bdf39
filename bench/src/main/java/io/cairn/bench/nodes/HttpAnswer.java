package io.cairn.bench.nodes;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** What servers say of themselves over HTTP. Any thread. */
public final class HttpAnswer {
  private static final int MILLIS_MAX = 1_000;

  private HttpAnswer() {}

  /** True if the address answers within a second, with 200. */
  public static boolean isOk(String address) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(address).toURL().openConnection();
      connection.setConnectTimeout(MILLIS_MAX);
      connection.setReadTimeout(MILLIS_MAX);
      try {
        return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return false;
    }
  }
}
