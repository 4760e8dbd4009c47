package ispcrm.local;

import static org.assertj.core.api.Assertions.assertThatNoException;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalGatewayTest {

  @Test
  void aBurstOfClientsIsConnectedBeforeAnyIsServed() throws Exception {
    List<Socket> clients = new ArrayList<>();
    try (LocalGateway gateway = LocalGateway.listen(0)) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.address().getPort());
      for (int i = 0; i < 100; i++) {
        Socket client = new Socket();
        clients.add(client);
        assertThatNoException().isThrownBy(() -> client.connect(address, 1000));
      }
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }
}
